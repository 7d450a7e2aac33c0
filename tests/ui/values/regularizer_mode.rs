use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_regularizer = OrthogonalRegularizer(0.1, mode = "planes"))(x)
    }
}

fn main() {}
