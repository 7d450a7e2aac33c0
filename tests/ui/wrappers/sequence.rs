use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        SpectralNormalization(Sequential([Dense(8), Dense(4)]))(x)
    }
}

fn main() {}
