use functional_model::prelude::*;

functional_model! {
    model Net(x: [2, 8]) {
        Conv1D(4, 3)(x)
    }
}

fn main() {}
