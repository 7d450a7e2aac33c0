use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let pair = (Dense(2)(x), Dense(2)(x));
        Dense(1)(pair)
    }
}

fn main() {}
