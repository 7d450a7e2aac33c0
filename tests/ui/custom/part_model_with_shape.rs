//! A model as a part, written as a layer is.

use functional_model::prelude::*;

functional_model! {
    model Inner(x: [8]) {
        Dense(3)(x)
    }
}

#[layer(shape = "[features] -> [units]", parts(inner("[features]", Inner)))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
