use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        ops::one_hot(x, 3)
    }
}

fn main() {}
