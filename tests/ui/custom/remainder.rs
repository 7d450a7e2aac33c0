use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Heads;

functional_model! {
    model Net(x: [10]) {
        Heads(3)(x)
    }
}

fn main() {}
