use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, activity_regularizer = "l2")(x)
    }
}

fn main() {}
