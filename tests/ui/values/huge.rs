use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(9999999999)(x)
    }
}

fn main() {}
