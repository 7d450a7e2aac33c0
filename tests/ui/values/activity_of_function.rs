use functional_model::prelude::*;

fn decay(given: &Var<f64>) -> Result<Var<f64>> {
    given.square()?.sum(..)
}

functional_model! {
    model Net(x: [5, 4]) -> [5, 4] {
        MultiHeadAttention(2, 3, activity_regularizer = decay)(x, x)
    }
}

fn main() {}
