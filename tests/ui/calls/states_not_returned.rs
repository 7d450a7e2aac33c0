use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        let (y, h, c) = LSTM(4)(x);
        Dense(2)(y)
    }
}

fn main() {}
