#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = x;
        for units in [4, 8] {
            Dense(units)(y);
            y = Dense(units)(y);
        }
        y
    }
}

fn main() {}
