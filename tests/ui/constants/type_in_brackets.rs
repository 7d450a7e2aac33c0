use functional_model::prelude::*;

functional_model! {
    const WIDTH: (x: [8]) = 64;

    model Net(x: [8]) {
        Dense(WIDTH)(x)
    }
}

fn main() {}
