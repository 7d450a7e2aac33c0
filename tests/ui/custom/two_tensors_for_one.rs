use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::CustomDense;

functional_model! {
    model Net(a: [3], b: [3]) {
        CustomDense(2)([a, b])
    }
}

fn main() {}
