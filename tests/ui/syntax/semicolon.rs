use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(4)(x)
        let z = Dense(2)(y);
        z
    }
}

fn main() {}
