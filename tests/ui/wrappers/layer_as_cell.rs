use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        RNN(LSTM(8))(x)
    }
}

fn main() {}
