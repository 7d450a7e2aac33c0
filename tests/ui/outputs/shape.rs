use functional_model::prelude::*;

functional_model! {
    model Net(x: [784]) -> [10] {
        Dense(11)(x)
    }
}

fn main() {}
