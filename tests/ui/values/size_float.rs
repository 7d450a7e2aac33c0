use functional_model::prelude::*;

functional_model! {
    model Net(x: [28.0, 28.0]) {
        Dense(1)(x)
    }
}

fn main() {}
