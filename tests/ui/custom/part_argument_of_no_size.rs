//! A size of a part that nobody binds.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Dense(unit))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
