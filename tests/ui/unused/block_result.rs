#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        wide(x);
        Dense(1)(x)
    }

    fn wide(x) {
        Dense(64)(x)
    }
}

fn main() {}
