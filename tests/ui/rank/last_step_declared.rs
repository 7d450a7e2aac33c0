use functional_model::prelude::*;

functional_model! {
    model Net(text: [10, 8]) -> [10, 64] {
        LSTM(64)(text)
    }
}

fn main() {}
