use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        ops::sum(x, axis = 0)
    }
}

fn main() {}
