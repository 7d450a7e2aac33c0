use functional_model::prelude::*;

#[layer(shape)]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
