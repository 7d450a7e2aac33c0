use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let a = Dense(1)(x);
        (a, a)
    }
}

fn main() {}
