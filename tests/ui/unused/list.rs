#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let sizes = [4, 8];
        Dense(1)(x)
    }
}

fn main() {}
