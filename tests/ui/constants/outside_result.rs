use functional_model::prelude::*;

const WIDTH: usize = 64;

functional_model! {
    model Net(x: [8]) -> [32] {
        Dense(WIDTH)(x)
    }
}

fn main() {}
