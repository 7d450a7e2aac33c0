use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [3]) -> [2] {
        Dense(2)(x)
    }

    model Net(x: [5, 3]) -> [5, 2] {
        TimeDistributed(Encoder())(x)
    }

    model Part = Net { x -> encoder.dense };
}

fn main() {}
