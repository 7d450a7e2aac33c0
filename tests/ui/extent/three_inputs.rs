use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let a = Dense(4)(x);
        let b = Dense(4)(x);
        let c = Dense(5)(x);
        Average()([a, b, c])
    }
}

fn main() {}
