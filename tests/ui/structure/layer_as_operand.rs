use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let hidden = Dense(4);
        Dense(1)(hidden)
    }
}

fn main() {}
