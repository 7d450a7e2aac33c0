use functional_model::prelude::*;

functional_model! {
    static WIDTH: usize = 64;

    model Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
