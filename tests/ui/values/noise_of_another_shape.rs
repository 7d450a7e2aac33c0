use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Dropout(0.5, noise_shape = (None, 2, 1))(x)
    }
}

fn main() {}
