use functional_model::prelude::*;

functional_model! {
    struct Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
