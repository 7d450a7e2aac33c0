use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], m: bool[5]) {
        Reader()(x, mask = m)
    }

    model Reader(x: [4, 8]) {
        LSTM(3)(x)
    }
}

fn main() {}
