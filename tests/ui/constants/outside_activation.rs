use functional_model::prelude::*;

const HIDDEN: &str = "relu";

functional_model! {
    model Net(x: [8]) -> [2] {
        Dense(2, activation = HIDDEN)(x)
    }
}

fn main() {}
