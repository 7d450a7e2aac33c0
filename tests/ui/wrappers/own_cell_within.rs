use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::MinimalCell;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(RNN(MinimalCell(8)))(x)
    }
}

fn main() {}
