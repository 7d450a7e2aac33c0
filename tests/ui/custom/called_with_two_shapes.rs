use functional_model::prelude::*;

#[path = "../../layers/mod.rs"]
mod layers;
use layers::CustomDense;

functional_model! {
    model Net(a: [3], b: [5]) {
        let dense = CustomDense(10);
        dense(a) + dense(b)
    }
}

fn main() {}
