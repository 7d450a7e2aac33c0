use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(Dense(3))(x)
    }
}

fn main() {}
