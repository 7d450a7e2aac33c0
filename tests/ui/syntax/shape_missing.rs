use functional_model::prelude::*;

functional_model! {
    model Net(x) {
        Dense(4)(x)
    }
}

fn main() {}
