use functional_model::prelude::*;

functional_model! {
    model Reader(x: [5, 3]) {
        LSTM(4, stateful = true)(x)
    }

    model Net(x: [6, 5, 3]) {
        TimeDistributed(Reader())(x)
    }
}

fn main() {}
