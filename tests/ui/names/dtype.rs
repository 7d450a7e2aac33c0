use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, dtype = "float64")(x)
    }
}

fn main() {}
