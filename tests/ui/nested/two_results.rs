use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let (a, b) = Encoder()(x);
        a + b
    }

    model Encoder(x: [8]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {}
