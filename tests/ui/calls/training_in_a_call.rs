use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Dropout(0.5)(x, training = true)
    }
}

fn main() {}
