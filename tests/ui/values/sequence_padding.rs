use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 3]) {
        Conv1D(8, 3, padding = "casual")(x)
    }
}

fn main() {}
