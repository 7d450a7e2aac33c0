use functional_model::prelude::*;

functional_model! {
    model Net(x: i32[8]) {
        Dense(4)(x)
    }
}

fn main() {}
