use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_constraint = NonNeg(0.5))(x)
    }
}

fn main() {}
