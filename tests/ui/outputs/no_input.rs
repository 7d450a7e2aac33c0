use functional_model::prelude::*;

functional_model! {
    model Net() {
        Dense(1)(x)
    }
}

fn main() {}
