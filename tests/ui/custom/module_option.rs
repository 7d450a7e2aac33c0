use functional_model::layers::Dense;
use functional_model::prelude::*;

#[derive(Module)]
struct Net {
    hidden: Layer<Dense>,
    #[module(ignore)]
    names: Vec<String>,
}

fn main() {}
