use functional_model::prelude::*;

functional_model! {
    model Net(x: [6, 5, 3]) {
        TimeDistributed(LSTM(4, stateful = true))(x)
    }
}

fn main() {}
