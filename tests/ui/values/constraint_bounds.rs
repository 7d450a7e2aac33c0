use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_constraint = MinMaxNorm(2.0, 1.0))(x)
    }
}

fn main() {}
