use functional_model::prelude::*;

fn decay(weight: &Var<f64>) -> Result<Var<f64>> {
    weight.square()?.sum(..)
}

functional_model! {
    model Net(x: [4]) -> [3] {
        Dense(3, activity_regularizer = decay)(x)
    }
}

fn main() {}
