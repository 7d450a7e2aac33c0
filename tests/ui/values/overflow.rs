use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(9223372036854775807 + 1)(x)
    }
}

fn main() {}
