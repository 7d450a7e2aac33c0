//! Parts are named.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts("[features]", Dense(units)))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
