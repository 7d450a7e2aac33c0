use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(int("8"))(x)
    }
}

fn main() {}
