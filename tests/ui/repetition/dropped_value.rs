use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        for units in [64, 128] {
            Dense(units)(x)
        }
        Dense(1)(x)
    }
}

fn main() {}
