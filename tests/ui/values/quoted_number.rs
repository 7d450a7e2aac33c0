use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense("10")(x)
    }
}

fn main() {}
