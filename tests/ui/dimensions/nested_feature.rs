use functional_model::prelude::*;

functional_model! {
    model Net(x: [frames, 7]) {
        Encoder()(x)
    }

    model Encoder(text: [words, 8]) -> [words, 4] {
        Dense(4)(text)
    }
}

fn main() {}
