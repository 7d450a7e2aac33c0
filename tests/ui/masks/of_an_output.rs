#![deny(deprecated)]

use functional_model::prelude::*;

functional_model! {
    model Net(words: i32[20]) -> [20, 3] {
        let x = Embedding(100, 8, mask_zero = true)(words);
        let x = LSTM(8, return_sequences = true)(x);
        Dense(3)(x)
    }
}

fn main() {}
