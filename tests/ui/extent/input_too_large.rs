use functional_model::prelude::*;

functional_model! {
    model Net(x: [4294967295, 4294967295]) {
        Dense(1)(x)
    }
}

fn main() {}
