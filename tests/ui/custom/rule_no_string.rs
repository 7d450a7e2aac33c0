use functional_model::prelude::*;

#[layer(shape = [n] -> [units])]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
