use functional_model::prelude::*;

functional_model! {
    model Net(x: i32[8, 3]) {
        Conv1D(4, 3)(x)
    }
}

fn main() {}
