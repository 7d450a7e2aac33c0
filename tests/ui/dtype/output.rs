use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> i32[4] {
        Dense(4)(x)
    }
}

fn main() {}
