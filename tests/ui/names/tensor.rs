use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let hidden = Dense(4)(x);
        Dense(1)(hiden)
    }
}

fn main() {}
