use functional_model::prelude::*;

#[layer(shape = "[n] -> [units]")]
#[derive(Clone, Debug)]
struct CustomDense {
    #[default = "ten"]
    units: usize,
}

fn main() {}
