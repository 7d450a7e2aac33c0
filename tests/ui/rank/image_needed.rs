use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Flatten()(Conv2D(16, 3)(x))
    }
}

fn main() {}
