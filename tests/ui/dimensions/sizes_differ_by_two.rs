use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 8]) -> [words, 8] {
        let y = Conv1D(8, 3)(x);
        y + x
    }
}

fn main() {}
