#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(4)(x);
        let y = Dense(2)(x);
        y
    }
}

fn main() {}
