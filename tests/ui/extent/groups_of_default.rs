use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 24]) {
        GroupNormalization()(x)
    }
}

fn main() {}
