use functional_model::prelude::*;

functional_model! {
    model Net(x: [8], x: [4]) {
        Dense(1)(x)
    }
}

fn main() {}
