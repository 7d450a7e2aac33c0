//! A layer as a part, and nobody says what it is called with.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project(Dense(units))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
