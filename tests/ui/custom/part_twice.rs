//! Two parts of one name.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Dense(units)), project("[units]", Dense(units))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
