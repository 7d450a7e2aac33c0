use functional_model::prelude::*;

functional_model! {
    model Net(x: [3]) {
        Bidirectional(LSTM(8))(x)
    }
}

fn main() {}
