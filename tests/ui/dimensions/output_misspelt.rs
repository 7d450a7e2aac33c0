use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 8]) -> [word, 8] {
        Dense(8)(x)
    }
}

fn main() {}
