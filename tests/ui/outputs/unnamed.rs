use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        (Dense(1)(x), Dense(2)(x))
    }
}

fn main() {}
