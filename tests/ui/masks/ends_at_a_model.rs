#![deny(deprecated)]

use functional_model::prelude::*;

functional_model! {
    model Inner(x: [20, 8]) -> [20, 4] {
        Dense(4)(x)
    }

    model Net(x: [20, 8]) -> [20, 4] {
        Inner()(Masking()(x))
    }
}

fn main() {}
