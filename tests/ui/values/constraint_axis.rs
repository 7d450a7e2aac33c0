use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_constraint = MaxNorm(2, axis = 2))(x)
    }
}

fn main() {}
