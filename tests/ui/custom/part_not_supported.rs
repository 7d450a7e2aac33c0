//! A part of a class of Keras that is left out.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Lambda(units))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
