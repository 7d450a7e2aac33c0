use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Softmax(axis = 2)(x)
    }
}

fn main() {}
