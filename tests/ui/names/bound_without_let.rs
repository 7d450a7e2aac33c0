use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        hidden = Dense(4)(x);
        Dense(1)(hidden)
    }
}

fn main() {}
