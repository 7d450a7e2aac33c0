#![deny(deprecated)]

use functional_model::prelude::*;

functional_model! {
    model Inner(x: [20, 8]) -> [18, 4] {
        Conv1D(4, 3)(x)
    }

    model Net(x: [20, 8]) -> [18, 4] {
        Inner()(Masking()(x))
    }
}

fn main() {}
