use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        let lstm = LSTM(8, return_sequences = true);
        let x = Bidirectional(lstm)(x);
        Bidirectional(lstm)(x)
    }
}

fn main() {}
