use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Adrift;

functional_model! {
    model Net(x: [5, 3]) {
        RNN(Adrift())(x)
    }
}

fn main() {}
