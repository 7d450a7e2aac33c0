use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 8]) -> [words - 4, 8] {
        Conv1D(8, 3)(x)
    }
}

fn main() {}
