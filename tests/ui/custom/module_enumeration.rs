use functional_model::layers::Dense;
use functional_model::prelude::*;

#[derive(Module)]
enum Net {
    Small(Layer<Dense>),
}

fn main() {}
