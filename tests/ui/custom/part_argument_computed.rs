//! An argument of a part that Rust would compute.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [units]", parts(project("[features]", Dense(usize::MAX))))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
