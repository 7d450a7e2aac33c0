use functional_model::prelude::*;

functional_model! {
    model Net(x: []) {
        Dense(1)(x)
    }
}

fn main() {}
