use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let x = Dense(16)(x);
        MaxPooling2D(2)(x)
    }
}

fn main() {}
