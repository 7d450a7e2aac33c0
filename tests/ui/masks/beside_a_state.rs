#![deny(deprecated)]

use functional_model::prelude::*;

functional_model! {
    model Net(words: i32[20], state: [4]) {
        let x = Embedding(100, 8, mask_zero = true)(words);
        GRU(4)(x, initial_state = state)
    }
}

fn main() {}
