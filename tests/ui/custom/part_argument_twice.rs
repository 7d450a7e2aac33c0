//! An argument of a part by position and by name.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Dense(units, units = 4))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
