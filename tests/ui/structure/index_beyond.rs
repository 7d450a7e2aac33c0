use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let units = [64, 128];
        Dense(units[2])(x)
    }
}

fn main() {}
