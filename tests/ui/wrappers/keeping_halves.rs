use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(LSTM(4, stateful = true), backward_layer = LSTM(4, go_backwards = true))(x)
    }
}

fn main() {}
