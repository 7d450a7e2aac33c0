use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dropout(0.5, None, 3, 4)(x)
    }
}

fn main() {}
