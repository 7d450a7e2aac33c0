use functional_model::prelude::*;

functional_model! {
    model Net(left: [4, 3], right: [5, 2]) {
        Concatenate()([left, right])
    }
}

fn main() {}
