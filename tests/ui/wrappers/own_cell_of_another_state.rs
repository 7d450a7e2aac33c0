use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Exchange;

functional_model! {
    model Net(x: [5, 3]) {
        RNN(Exchange(8))(x)
    }
}

fn main() {}
