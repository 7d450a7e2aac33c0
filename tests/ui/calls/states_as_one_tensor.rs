use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        let y = LSTM(4, return_state = true)(x);
        Dense(2)(y)
    }
}

fn main() {}
