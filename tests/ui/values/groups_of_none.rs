use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 3]) {
        GroupNormalization(0)(x)
    }
}

fn main() {}
