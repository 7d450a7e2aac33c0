use functional_model::prelude::*;

functional_model! {
    def Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
