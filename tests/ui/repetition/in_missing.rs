use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for units of [64, 128] {
            x = Dense(units)(x);
        }
        x
    }
}

fn main() {}
