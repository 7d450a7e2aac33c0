use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], h: [4], c: [6]) {
        LSTM(4)(x, initial_state = [h, c])
    }
}

fn main() {}
