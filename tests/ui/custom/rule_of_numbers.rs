use functional_model::prelude::*;

#[layer(shape = "[2 * n] -> [2]")]
#[derive(Clone, Debug)]
struct Own;

fn main() {}
