use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", weights(w))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
