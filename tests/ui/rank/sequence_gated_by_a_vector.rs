use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        let weights = GlobalAveragePooling1D()(x);
        x * weights
    }
}

fn main() {}
