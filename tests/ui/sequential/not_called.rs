use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Sequential([Dense(4), Dense(1)]);
        y
    }
}

fn main() {}
