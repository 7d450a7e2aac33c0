use functional_model::prelude::*;

const WIDTH: usize = 6;

functional_model! {
    model Net(x: [8]) -> [2] {
        Dense(2)(Dense(WIDTH)(x) + Dense(WIDTH + 1)(x))
    }
}

fn main() {}
