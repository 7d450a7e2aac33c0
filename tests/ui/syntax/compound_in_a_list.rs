use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Add()([x += x, x])
    }
}

fn main() {}
