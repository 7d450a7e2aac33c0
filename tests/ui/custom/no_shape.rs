use functional_model::prelude::*;

#[layer(weights(w("[units]")))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
