use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], key: [3, 8]) {
        MultiHeadAttention(2, 4)(x, x, key = key)
    }
}

fn main() {}
