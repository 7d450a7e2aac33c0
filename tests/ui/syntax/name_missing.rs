use functional_model::prelude::*;

functional_model! {
    model (x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
