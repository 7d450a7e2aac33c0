use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 2]) {
        Dense(4, activity_regularizer = OrthogonalRegularizer(0.1))(x)
    }
}

fn main() {}
