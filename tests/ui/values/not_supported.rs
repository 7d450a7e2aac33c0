use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dropout(0.5, noise_shape = [8])(x)
    }
}

fn main() {}
