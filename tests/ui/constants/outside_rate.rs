use functional_model::prelude::*;

const RATE: f64 = 0.5;

functional_model! {
    model Net(x: [8]) -> [8] {
        Dropout(RATE)(x)
    }
}

fn main() {}
