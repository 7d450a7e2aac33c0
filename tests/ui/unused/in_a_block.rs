#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(1)(twice(twice(x)))
    }

    fn twice(x) {
        let y = Dense(8)(x);
        let z = Dense(8)(y);
        Dense(8)(y)
    }
}

fn main() {}
