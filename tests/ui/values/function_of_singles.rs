use functional_model::prelude::*;

fn decay(weight: &Var) -> Result<Var> {
    weight.square()?.sum(..)
}

functional_model! {
    model Net(x: [4]) -> [3] {
        Dense(3, kernel_regularizer = decay)(x)
    }
}

fn main() {}
