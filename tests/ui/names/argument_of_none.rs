use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Flatten(axis = 1)(x)
    }
}

fn main() {}
