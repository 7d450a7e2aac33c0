use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::MinimalCell;

functional_model! {
    model Net(x: [5, 3]) {
        let h = Dense(8)(Flatten()(x));
        let y = MinimalCell(8)([h, h]);
        Dense(2)(y)
    }
}

fn main() {}
