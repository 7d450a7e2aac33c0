use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        const WIDTH: usize = 64;
        Dense(WIDTH)(x)
    }
}

fn main() {}
