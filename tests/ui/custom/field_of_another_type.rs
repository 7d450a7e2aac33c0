use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
struct Scaled {
    by: std::ops::Range<usize>,
}

fn main() {}
