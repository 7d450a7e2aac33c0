use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Encoder(units = 4)(x)
    }

    model Encoder(x: [8]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {}
