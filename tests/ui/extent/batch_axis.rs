use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Concatenate(axis = 0)([x, x])
    }
}

fn main() {}
