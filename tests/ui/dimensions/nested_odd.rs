use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 8]) {
        Halves()(x)
    }

    model Halves(both: [2 * words, 8]) {
        Dense(8)(both)
    }
}

fn main() {}
