use functional_model::prelude::*;

functional_model! {
    model Net(x: [words]) {
        Rescaling(0.5, offset = [1, 2])(x)
    }
}

fn main() {}
