use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], batch_size = 0) {
        LSTM(4, stateful = true)(x)
    }
}

fn main() {}
