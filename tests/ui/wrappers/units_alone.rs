use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(64)(x)
    }
}

fn main() {}
