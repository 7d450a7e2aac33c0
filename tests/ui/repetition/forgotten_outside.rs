use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        for units in [64, 128] {
            let y = Dense(units)(x);
        }
        y
    }
}

fn main() {}
