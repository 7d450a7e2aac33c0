use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 8]) -> [2] {
        Dense(2)(Flatten()(x))
    }
}

fn main() {}
