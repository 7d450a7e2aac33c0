use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, bias_constraint = MaxNorm(2, axis = 1))(x)
    }
}

fn main() {}
