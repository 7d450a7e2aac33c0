use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", weights(w("[n, units]", trainable = no)))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
