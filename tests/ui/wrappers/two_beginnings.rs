use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(LSTM(8), backward_layer = LSTM(8))(x)
    }
}

fn main() {}
