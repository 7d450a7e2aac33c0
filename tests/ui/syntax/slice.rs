use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = x[0, 1];
        y
    }
}

fn main() {}
