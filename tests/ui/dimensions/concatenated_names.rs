use functional_model::prelude::*;

functional_model! {
    model Net(left: [words, 8], right: [frames, 4]) {
        Concatenate()([left, right])
    }
}

fn main() {}
