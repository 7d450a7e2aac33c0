use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_regularizer = "l1_l2")(x)
    }
}

fn main() {}
