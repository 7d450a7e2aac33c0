use functional_model::prelude::*;

#[layer(shape = "[.., features] -> [.., unit]")]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
