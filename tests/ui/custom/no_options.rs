use functional_model::prelude::*;

#[layer]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
