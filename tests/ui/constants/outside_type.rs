use functional_model::prelude::*;

const WIDTH: u32 = 64;

functional_model! {
    model Net(x: [8]) -> [2] {
        Dense(2)(Dense(WIDTH)(x))
    }
}

fn main() {}
