use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        x + 1
    }
}

fn main() {}
