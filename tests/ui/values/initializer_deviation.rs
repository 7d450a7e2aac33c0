use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_initializer = RandomNormal(stddev = -0.02))(x)
    }
}

fn main() {}
