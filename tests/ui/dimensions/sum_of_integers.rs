use functional_model::prelude::*;

functional_model! {
    model Net(words: i32[length], weights: [length]) {
        Add()([words, weights])
    }
}

fn main() {}
