use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Reshape([-1, 3])(x)
    }
}

fn main() {}
