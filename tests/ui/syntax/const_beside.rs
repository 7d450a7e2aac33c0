use functional_model::prelude::*;

functional_model! {
    const UNITS: usize = 4;

    model Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
