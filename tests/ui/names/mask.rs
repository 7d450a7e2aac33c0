use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Softmax()(x, mask = x)
    }
}

fn main() {}
