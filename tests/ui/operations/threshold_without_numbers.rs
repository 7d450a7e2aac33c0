use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        ops::threshold(x, 0.5)
    }
}

fn main() {}
