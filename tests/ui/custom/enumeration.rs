use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
enum CustomDense {
    Wide,
}

fn main() {}
