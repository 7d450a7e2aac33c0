use functional_model::prelude::*;

#[layer(shape = "[n] -> [units]")]
#[derive(Clone, Debug)]
struct Dense {
    units: usize,
}

fn main() {}
