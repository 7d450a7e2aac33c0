use functional_model::prelude::*;

functional_model! {
    model Net(x: [2, 8]) {
        AveragePooling1D(3)(x)
    }
}

fn main() {}
