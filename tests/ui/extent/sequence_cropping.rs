use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Cropping1D((2, 2))(x)
    }
}

fn main() {}
