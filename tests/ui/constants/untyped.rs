use functional_model::prelude::*;

functional_model! {
    const WIDTH = 64;

    model Net(x: [8]) {
        Dense(WIDTH)(x)
    }
}

fn main() {}
