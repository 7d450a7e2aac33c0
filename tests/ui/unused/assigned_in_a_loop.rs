#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = x;
        for units in [4, 8] {
            y = Dense(units)(y);
        }
        Dense(1)(x)
    }
}

fn main() {}
