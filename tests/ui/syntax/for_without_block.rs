use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = relu6ish(x);
        y
    }
}

fn main() {}
