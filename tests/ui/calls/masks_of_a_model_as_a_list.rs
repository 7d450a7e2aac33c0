use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], m: bool[4]) {
        Reader()(x, mask = [m, None])
    }

    model Reader(x: [4, 8]) {
        LSTM(3)(x)
    }
}

fn main() {}
