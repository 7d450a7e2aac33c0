#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = Dense(4)(x);
        let score = Dense(1)(y);
        y = Dense(3)(y);
        score
    }
}

fn main() {}
