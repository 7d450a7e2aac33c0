use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> [2] {
        Dense(2)(Dense(WIDTH)(x))
    }
}

fn main() {}
