use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        PReLU(shared_axes = [1, 3])(x)
    }
}

fn main() {}
