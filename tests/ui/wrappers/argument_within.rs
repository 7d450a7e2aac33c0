use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        let x = Bidirectional(LSTM(8, unit_forget = true, return_sequences = true))(x);
        RNN([LSTMCell(4), GRUCell(0)])(x)
    }
}

fn main() {}
