use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(3)(x, mask = x)
    }
}

fn main() {}
