use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let pair = [x, x];
        Dense(1)(pair)
    }
}

fn main() {}
