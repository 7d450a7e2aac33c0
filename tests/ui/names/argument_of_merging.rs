use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Add(axis = 1)([x, x])
    }
}

fn main() {}
