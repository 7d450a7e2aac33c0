#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4)(x)
    }

    fn residual(x) {
        Dense(8)(x) + x
    }
}

fn main() {}
