use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::CustomDense;

functional_model! {
    model Net(x: [10]) {
        CustomDense(0)(x)
    }
}

fn main() {}
