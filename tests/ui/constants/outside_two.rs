use functional_model::prelude::*;

const SIZE: usize = 9;
const WORDS: usize = 10;

functional_model! {
    model Net(a: [SIZE, 3], b: [WORDS, 3]) -> [1] {
        let both = Multiply()([a, b]);
        Dense(1)(GlobalMaxPooling1D()(both))
    }
}

fn main() {}
