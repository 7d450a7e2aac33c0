use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        (x > 0) + (x < 1)
    }
}

fn main() {}
