use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::take(x, [0, 4], axis = 1)
    }
}

fn main() {}
