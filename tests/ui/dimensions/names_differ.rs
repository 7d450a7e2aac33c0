use functional_model::prelude::*;

functional_model! {
    model Net(left: [words, 8], right: [frames, 8]) -> [words, 8] {
        left + right
    }
}

fn main() {}
