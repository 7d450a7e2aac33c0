use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], y: [4, 8], m: bool[4]) {
        Pair()(x, y, mask = m)
    }

    model Pair(x: [4, 8], y: [4, 8]) {
        LSTM(3)(x) + LSTM(3)(y)
    }
}

fn main() {}
