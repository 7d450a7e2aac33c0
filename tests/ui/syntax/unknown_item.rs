use functional_model::prelude::*;

functional_model! {
    layer Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
