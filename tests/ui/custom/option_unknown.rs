use functional_model::prelude::*;

#[layer(shpe = "[.., features] -> [.., units]")]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
