use functional_model::prelude::*;

#[layer(shape = "[.., features], [.., units]")]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
