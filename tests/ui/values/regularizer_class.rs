use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_regularizer = L3(0.1))(x)
    }
}

fn main() {}
