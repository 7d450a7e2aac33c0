use functional_model::prelude::*;

#[layer(shape = "[n, d] -> [n, m]")]
#[derive(Clone, Debug)]
struct Own;

fn main() {}
