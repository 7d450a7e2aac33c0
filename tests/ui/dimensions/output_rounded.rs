use functional_model::prelude::*;

functional_model! {
    model Net(x: [n, 8]) -> [n, 4] {
        Conv1D(4, 3, strides = 2)(x)
    }
}

fn main() {}
