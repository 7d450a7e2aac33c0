use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        GroupQueryAttention(4, 6, 4)(x, x)
    }
}

fn main() {}
