use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [3]) -> [2] {
        Dense(2)(x)
    }

    model Net(x: [4, 5, 3]) {
        TimeDistributed(TimeDistributed(Encoder()))(x)
    }
}

fn main() {}
