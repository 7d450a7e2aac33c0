use functional_model::prelude::*;

functional_model! {
    model Net(x: [3], h: [4]) {
        Dense(4)(x, initial_state = h)
    }
}

fn main() {}
