use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(8)(x, training = true)
    }
}

fn main() {}
