use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = 1 / x;
        y
    }
}

fn main() {}
