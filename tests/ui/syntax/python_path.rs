use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        keras.layers.Dense(4)(x)
    }
}

fn main() {}
