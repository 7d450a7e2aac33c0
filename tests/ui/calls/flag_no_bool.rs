use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        MultiHeadAttention(2, 4)(x, x, use_causal_mask = 1)
    }
}

fn main() {}
