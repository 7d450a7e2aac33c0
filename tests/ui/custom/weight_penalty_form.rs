use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., n]", weights(w("[n]", "ones", regularizer = 2 * 3)))]
#[derive(Clone, Debug)]
struct Scale {}

fn main() {}
