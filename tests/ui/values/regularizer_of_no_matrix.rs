use functional_model::prelude::*;

functional_model! {
    model Net(x: [6, 6, 2]) {
        Conv2D(4, 3, kernel_regularizer = "orthogonal_regularizer")(x)
    }
}

fn main() {}
