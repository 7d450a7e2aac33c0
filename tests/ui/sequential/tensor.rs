use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Sequential([Dense(4), x])(x)
    }
}

fn main() {}
