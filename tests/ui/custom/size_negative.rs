use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Trim;

functional_model! {
    model Net(x: [8, 3]) {
        Trim(border = 5)(x)
    }
}

fn main() {}
