#![deny(unused)]

use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let deep = true;
        if deep {
            let y = Dense(4)(x);
        }
        Dense(1)(x)
    }
}

fn main() {}
