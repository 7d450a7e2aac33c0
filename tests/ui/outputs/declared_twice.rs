use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> (a: [1], a: [1]) {
        (Dense(1)(x), Dense(1)(x))
    }
}

fn main() {}
