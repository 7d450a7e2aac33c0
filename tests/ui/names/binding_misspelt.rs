use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let features = Dense(4)(x);
        Dense(2)(feature)
    }
}

fn main() {}
