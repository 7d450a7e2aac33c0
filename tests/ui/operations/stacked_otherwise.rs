use functional_model::prelude::*;

functional_model! {
    model Net(x: [2, 4, 3], y: [5, 3, 4]) {
        ops::matmul(x, y)
    }
}

fn main() {}
