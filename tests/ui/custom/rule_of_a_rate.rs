use functional_model::prelude::*;

#[layer(shape = "[.., n] -> [.., rate]")]
#[derive(Clone, Debug)]
struct Thinned {
    rate: f64,
}

fn main() {}
