use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, kernel_initializer = STFT("imag"))(x)
    }
}

fn main() {}
