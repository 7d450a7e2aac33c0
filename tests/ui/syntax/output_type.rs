use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> Tensor {
        Dense(4)(x)
    }
}

fn main() {}
