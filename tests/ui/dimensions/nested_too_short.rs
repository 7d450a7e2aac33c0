use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Encoder()(x)
    }

    model Encoder(text: [words, 8]) -> [words - 4, 8] {
        Conv1D(8, 5)(text)
    }
}

fn main() {}
