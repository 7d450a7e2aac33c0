use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3], y: [4, 2]) {
        x / y
    }
}

fn main() {}
