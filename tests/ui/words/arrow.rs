use functional_model::prelude::*;

functional_model! {
    model Net(x: [64]) => [10] {
        Dense(10)(x)
    }
}

fn main() {}
