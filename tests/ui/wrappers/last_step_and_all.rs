use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(LSTM(8), backward_layer = GRU(8, go_backwards = true, return_sequences = true))(x)
    }
}

fn main() {}
