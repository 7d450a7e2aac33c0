use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
struct Scaled {
    by: u32,
}

fn main() {}
