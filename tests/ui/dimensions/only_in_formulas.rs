use functional_model::prelude::*;

functional_model! {
    model Net(x: [rows * columns, 8], y: [rows, 8]) {
        (Dense(2)(x), Dense(2)(y))
    }
}

fn main() {}
