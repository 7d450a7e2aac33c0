use functional_model::prelude::*;

functional_model! {
    model Net(x: f64[8]) {
        Dense(4)(x)
    }
}

fn main() {}
