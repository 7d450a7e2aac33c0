//! A part of a class that there is not.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Dens(units))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
