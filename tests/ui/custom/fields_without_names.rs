use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
struct CustomDense(usize);

fn main() {}
