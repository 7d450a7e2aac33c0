use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], h: [8], c: [8]) {
        Bidirectional(LSTM(8))(x, initial_state = [h, c])
    }
}

fn main() {}
