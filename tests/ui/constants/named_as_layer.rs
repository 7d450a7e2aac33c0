use functional_model::prelude::*;

functional_model! {
    const Dense: usize = 64;

    model Net(x: [8]) {
        Dense(4)(x)
    }
}

fn main() {}
