use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::pad(x, [[0, 0], [1, 1]])
    }
}

fn main() {}
