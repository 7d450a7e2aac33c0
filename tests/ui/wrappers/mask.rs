use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], m: bool[5]) {
        Bidirectional(LSTM(8))(x, mask = m)
    }
}

fn main() {}
