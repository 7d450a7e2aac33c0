use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(4)(x);
        y = Dense(2)(y);
        y
    }
}

fn main() {}
