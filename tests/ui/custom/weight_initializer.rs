use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", weights(w("[n, units]", "glorot")))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
