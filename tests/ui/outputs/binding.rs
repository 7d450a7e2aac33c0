use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> [1] {
        let y = Dense(1)(x);
    }
}

fn main() {}
