use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(7 / 2)(x)
    }
}

fn main() {}
