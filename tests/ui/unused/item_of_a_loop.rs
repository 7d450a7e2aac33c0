#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = x;
        for units in [4, 8] {
            y = Dense(8)(y);
        }
        y
    }
}

fn main() {}
