use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], m: [5]) {
        LSTM(4)(x, mask = m)
    }
}

fn main() {}
