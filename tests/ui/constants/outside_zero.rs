use functional_model::prelude::*;

const UNITS: usize = 0;

functional_model! {
    model Net(x: [8]) -> [2] {
        Dense(2)(Dense(UNITS)(x))
    }
}

fn main() {}
