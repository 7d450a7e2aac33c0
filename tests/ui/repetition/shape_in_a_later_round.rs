use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = x;
        for units in [8, 8, 9] {
            y = Dense(units)(y) + x;
        }
        y
    }
}

fn main() {}
