use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Reshape([3, 3])(x)
    }
}

fn main() {}
