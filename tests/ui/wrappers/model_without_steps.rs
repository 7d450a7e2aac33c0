use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [3]) -> [2] {
        Dense(2)(x)
    }

    model Net(x: [3]) {
        TimeDistributed(Encoder())(x)
    }
}

fn main() {}
