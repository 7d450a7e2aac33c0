use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4]) {
        Bidirectional(LSTM(4), weights = pretrained)(x)
    }
}

fn main() {}
