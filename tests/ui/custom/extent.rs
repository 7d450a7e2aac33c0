use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Products;

functional_model! {
    model Net(a: [3, 4], b: [5, 6]) {
        Products()([a, b])
    }
}

fn main() {}
