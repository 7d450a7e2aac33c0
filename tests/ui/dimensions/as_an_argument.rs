use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 8]) -> [words] {
        Dense(words)(x)
    }
}

fn main() {}
