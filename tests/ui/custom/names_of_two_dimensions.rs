use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::Products;

functional_model! {
    model Net(a: [rows, width], b: [words, height]) {
        Products()([a, b])
    }
}

fn main() {}
