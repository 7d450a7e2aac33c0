#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    const WIDTH: usize = 64;

    model Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
