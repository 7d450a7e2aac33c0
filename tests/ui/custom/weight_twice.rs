use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", weights(w("[n, units]"), w("[units]")))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
