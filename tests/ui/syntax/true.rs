use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, use_bias = True)(x)
    }
}

fn main() {}
