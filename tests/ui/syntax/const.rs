use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        const UNITS: usize = 4;
        Dense(UNITS)(x)
    }
}

fn main() {}
