use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::{CustomDense, Products};

functional_model! {
    model Net(a: [3, 4], b: [5, 6]) {
        let b = CustomDense(7)(b);
        Products()([a, b])
    }
}

fn main() {}
