use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Trim;

functional_model! {
    model Net(x: [8, 8, 3]) {
        Trim(1)(x)
    }
}

fn main() {}
