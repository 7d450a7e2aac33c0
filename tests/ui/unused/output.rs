#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(4)(x);
        Dense(2)(y);
        Dense(1)(y)
    }
}

fn main() {}
