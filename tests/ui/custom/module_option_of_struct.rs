use functional_model::layers::Dense;
use functional_model::prelude::*;

#[derive(Module)]
#[module(path = "fm")]
struct Net {
    hidden: Layer<Dense>,
}

fn main() {}
