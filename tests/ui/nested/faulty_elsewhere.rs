use functional_model::prelude::*;

functional_model! {
    pub model Encoder(x: [8]) -> [2] {
        Dense(3)(x)
    }
}

functional_model! {
    model Net(x: [9]) {
        Encoder()(x)
    }
}

fn main() {}
