#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = Dense(4)(x);
        Dense(1)(y)
    }
}

fn main() {}
