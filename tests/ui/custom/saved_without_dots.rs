use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., units]", saved(mask("[n]")))]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

fn main() {}
