use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_regularizer = L1L2(0.1, l2 = "much"))(x)
    }
}

fn main() {}
