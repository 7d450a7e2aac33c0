use functional_model::prelude::*;

#[layer(shape = "[n] -> [units]", package = tests)]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
