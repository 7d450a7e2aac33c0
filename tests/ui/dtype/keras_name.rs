use functional_model::prelude::*;

functional_model! {
    model Net(x: float32[8]) {
        Dense(4)(x)
    }
}

fn main() {}
