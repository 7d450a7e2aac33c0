use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        GRU(4, reset_after = false)(x)
    }
}

fn main() {}
