use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Conv2D(4, 3)(Encoder()(x))
    }

    model Encoder(x: [8]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {}
