#![deny(deprecated)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], m: bool[4]) {
        Looks()(x, mask = m)
    }

    model Looks(x: [4, 8]) {
        Dense(3)(Flatten()(x))
    }
}

fn main() {}
