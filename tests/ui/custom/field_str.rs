use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
struct Scaled {
    how: &'static str,
}

fn main() {}
