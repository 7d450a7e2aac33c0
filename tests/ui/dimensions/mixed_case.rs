use functional_model::prelude::*;

functional_model! {
    model Net(x: [Width]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {}
