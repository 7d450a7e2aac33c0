use functional_model::prelude::*;

functional_model! {
    const WIDTH: usize = 64;

    model Net(x: [8]) {
        WIDTH = 32;
        Dense(WIDTH)(x)
    }
}

fn main() {}
