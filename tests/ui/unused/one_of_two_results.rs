#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let (left, right) = halves(x);
        Dense(1)(left)
    }

    fn halves(x) {
        (Dense(4)(x), Dense(4)(x))
    }
}

fn main() {}
