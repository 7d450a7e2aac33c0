use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        ops::max(x)
    }
}

fn main() {}
