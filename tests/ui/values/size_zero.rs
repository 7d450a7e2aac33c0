use functional_model::prelude::*;

functional_model! {
    model Net(x: [0]) {
        Dense(1)(x)
    }
}

fn main() {}
