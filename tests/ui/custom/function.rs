use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
fn custom_dense(units: usize) -> usize {
    units
}

fn main() {}
