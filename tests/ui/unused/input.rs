#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8], other: [3]) {
        Dense(4)(x)
    }
}

fn main() {}
