use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> (score: [1], class: [3]) {
        Dense(1)(x)
    }
}

fn main() {}
