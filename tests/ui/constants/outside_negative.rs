use functional_model::prelude::*;

const WORDS: usize = 5;

functional_model! {
    model Net(text: i32[4]) -> [4, 8] {
        Embedding(WORDS - 8, 8)(text)
    }
}

fn main() {}
