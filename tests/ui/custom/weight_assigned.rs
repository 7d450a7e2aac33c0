use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", weights(w = "[n, units]"))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
