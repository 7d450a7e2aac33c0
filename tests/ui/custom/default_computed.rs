use functional_model::prelude::*;

#[layer(shape = "[n] -> [units]")]
#[derive(Clone, Debug)]
struct CustomDense {
    #[default = 2 * WIDTH]
    units: usize,
}

const WIDTH: usize = 4;

fn main() {}
