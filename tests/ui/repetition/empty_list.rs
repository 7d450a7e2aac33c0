use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for units in [] {
            x = Dense(units)(x);
        }
        x
    }
}

fn main() {}
