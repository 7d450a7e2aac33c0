use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3, 2]) {
        TimeDistributed(Conv1D(8, 4))(x)
    }
}

fn main() {}
