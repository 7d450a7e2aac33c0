use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4294967295)(Dense(4294967295)(x))
    }
}

fn main() {}
