use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::CustomDense;

functional_model! {
    model Net(x: [9, words]) {
        CustomDense(10)(x)
    }
}

fn main() {}
