use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::CustomDense;

functional_model! {
    model Net(x: [5, 3]) {
        RNN(CustomDense(8))(x)
    }
}

fn main() {}
