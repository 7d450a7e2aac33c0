use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        BatchNormalization(momentum = 99)(x)
    }
}

fn main() {}
