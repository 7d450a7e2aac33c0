use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, activation = LeakyReLU(0.2))(x)
    }
}

fn main() {}
