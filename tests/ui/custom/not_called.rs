use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::CustomDense;

functional_model! {
    model Net(x: [9]) {
        let hidden = CustomDense(10);
        Dense(3)(hidden)
    }
}

fn main() {}
