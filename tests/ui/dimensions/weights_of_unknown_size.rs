use functional_model::prelude::*;

functional_model! {
    model Net(x: [words]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {}
