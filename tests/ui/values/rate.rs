use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dropout(7.0)(x)
    }
}

fn main() {}
