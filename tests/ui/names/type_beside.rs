use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4)(x)
    }

    model NetTape(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
