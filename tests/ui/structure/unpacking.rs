use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let (a, b) = Dense(4)(x);
        a + b
    }
}

fn main() {}
