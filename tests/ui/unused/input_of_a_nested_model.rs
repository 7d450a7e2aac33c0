#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Inner()(x, Dense(3)(x))
    }

    model Inner(x: [8], other: [3]) {
        Dense(1)(x)
    }
}

fn main() {}
