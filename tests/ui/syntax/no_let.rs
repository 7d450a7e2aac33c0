use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        x = Dense(4)(x);
        Dense(1)(x)
    }
}

fn main() {}
