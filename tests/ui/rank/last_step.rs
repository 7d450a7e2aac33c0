use functional_model::prelude::*;

functional_model! {
    model Net(text: [10, 8]) {
        let x = LSTM(64)(text);
        let x = LSTM(32)(x);
        Dense(1)(x)
    }
}

fn main() {}
