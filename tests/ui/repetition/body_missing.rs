use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for units in [64, 128]
            x = Dense(units)(x);
        x
    }
}

fn main() {}
