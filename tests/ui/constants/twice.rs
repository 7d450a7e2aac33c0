use functional_model::prelude::*;

functional_model! {
    const WIDTH: usize = 64;
    const WIDTH: usize = 32;

    model Net(x: [8]) {
        Dense(WIDTH)(x)
    }
}

fn main() {}
