use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Dense(4)(x, use_causal_mask = true)
    }
}

fn main() {}
