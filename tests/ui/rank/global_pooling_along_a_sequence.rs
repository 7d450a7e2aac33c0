use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        GlobalAveragePooling1D()(x)
    }
}

fn main() {}
