use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(LSTM(8, go_backwards = true))(x)
    }
}

fn main() {}
