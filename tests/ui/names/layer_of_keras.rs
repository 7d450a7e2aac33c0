use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Bidirectional(4)(x)
    }
}

fn main() {}
