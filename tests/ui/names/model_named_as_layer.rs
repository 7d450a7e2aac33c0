use functional_model::prelude::*;

functional_model! {
    model Dense(x: [8, 8, 1]) {
        Conv2D(1, 1)(x)
    }
}

fn main() {}
