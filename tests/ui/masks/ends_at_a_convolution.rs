#![deny(deprecated)]

use functional_model::prelude::*;

functional_model! {
    model Net(words: i32[20]) {
        let x = Embedding(100, 8, mask_zero = true)(words);
        let x = Dense(8)(x);
        Conv1D(4, 3)(x)
    }
}

fn main() {}
