use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        relu(Dense(4)(x))
    }
}

fn main() {}
