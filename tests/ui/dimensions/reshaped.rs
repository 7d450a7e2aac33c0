use functional_model::prelude::*;

functional_model! {
    model Net(x: [words]) {
        Reshape([2, -1])(x)
    }
}

fn main() {}
