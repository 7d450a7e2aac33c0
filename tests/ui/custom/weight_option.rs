use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", weights(w("[n, units]", trainble = false)))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
