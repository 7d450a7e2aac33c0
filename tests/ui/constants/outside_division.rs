use functional_model::prelude::*;

const WIDTH: usize = 30;

functional_model! {
    model Net(x: [8]) -> [2] {
        Dense(2)(Dense(WIDTH / 4)(x))
    }
}

fn main() {}
