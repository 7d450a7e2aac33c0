use functional_model::prelude::*;

functional_model! {
    model Net(x: [None, 8]) {
        Dense(1)(x)
    }
}

fn main() {}
