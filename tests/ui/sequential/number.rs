use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Sequential(4)(x)
    }
}

fn main() {}
