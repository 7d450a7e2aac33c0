use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], h: [8]) {
        RNN([LSTMCell(8), GRUCell(4)])(x, initial_state = [h, h, h])
    }
}

fn main() {}
