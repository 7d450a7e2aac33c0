use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], m: bool[4]) {
        GlobalAveragePooling1D()(x, mask = m)
    }
}

fn main() {}
