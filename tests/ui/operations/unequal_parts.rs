use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::split(x, 3, axis = 1)
    }
}

fn main() {}
