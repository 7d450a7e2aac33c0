use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        MultiHeadAttention(2, 4)(x, x, use_casual_mask = true)
    }
}

fn main() {}
