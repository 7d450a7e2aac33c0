use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_regularizer = L2(l1 = 0.01))(x)
    }
}

fn main() {}
