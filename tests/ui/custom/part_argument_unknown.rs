//! A part with an argument that its class has not.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Dense(units, activaton = "tanh"))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
