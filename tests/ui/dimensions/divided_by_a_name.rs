use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 8], y: [8 / words]) {
        Concatenate()([GlobalMaxPooling1D()(x), y])
    }
}

fn main() {}
