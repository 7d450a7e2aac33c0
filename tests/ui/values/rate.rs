use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dropout(1.5)(x)
    }
}

fn main() {}
