use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_regularizer = L2(-0.01))(x)
    }
}

fn main() {}
