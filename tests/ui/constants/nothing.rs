use functional_model::prelude::*;

functional_model! {
    const WIDTH: usize = ();

    model Net(x: [8]) {
        Dense(WIDTH)(x)
    }
}

fn main() {}
