use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::pad(x, [[1, 1], [0, 0], [0, 0]])
    }
}

fn main() {}
