use functional_model::prelude::*;

functional_model! {
    const WIDTH: usize = 64;

    model Net(x: [8]) -> [WIDTH] {
        Dense(2 * WIDTH)(x)
    }
}

fn main() {}
