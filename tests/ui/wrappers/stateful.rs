use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        RNN(LSTMCell(8), stateful = true)(x)
    }
}

fn main() {}
