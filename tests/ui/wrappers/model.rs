use functional_model::prelude::*;

functional_model! {
    model Encoder(x: [3]) -> [2] {
        Dense(2)(x)
    }

    model Net(x: [5, 3]) {
        let a = Bidirectional(Encoder())(x);
        let b = RNN(Encoder())(x);
        let c = SpectralNormalization(Encoder())(x);
        (a, b, c)
    }
}

fn main() {}
