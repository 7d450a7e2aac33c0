use functional_model::prelude::*;

functional_model! {
    model Net(x: [28; 2]) {
        Dense(4)(Flatten()(x))
    }
}

fn main() {}
