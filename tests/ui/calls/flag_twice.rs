use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Attention()([x, x], use_causal_mask = true, use_causal_mask = true)
    }
}

fn main() {}
