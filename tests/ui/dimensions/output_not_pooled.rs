use functional_model::prelude::*;

functional_model! {
    model Net(text: [words, 8]) -> [4] {
        Dense(4)(text)
    }
}

fn main() {}
