#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        wide(x, 4)
    }

    fn wide(x, units) {
        Dense(64)(x)
    }
}

fn main() {}
