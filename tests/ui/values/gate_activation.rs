use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        LSTM(4, activation = "gelu")(x)
    }
}

fn main() {}
