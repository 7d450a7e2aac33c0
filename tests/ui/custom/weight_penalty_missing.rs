use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., n]", weights(w("[n]", "ones", constraint)))]
#[derive(Clone, Debug)]
struct Scale {}

fn main() {}
