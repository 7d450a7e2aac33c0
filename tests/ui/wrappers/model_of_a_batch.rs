use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [3]) -> [3] {
        let norm = BatchNormalization();
        norm(Dense(3)(norm(x)))
    }

    model Net(x: [5, 3]) {
        TimeDistributed(Encoder())(x)
    }
}

fn main() {}
