use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Concatenate()(x)
    }
}

fn main() {}
