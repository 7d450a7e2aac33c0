use functional_model::prelude::*;

functional_model! {
    model Net {
        Dense(4)(x)
    }
}

fn main() {}
