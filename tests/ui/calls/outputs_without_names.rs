use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        LSTM(4, return_state = true)(x)
    }
}

fn main() {}
