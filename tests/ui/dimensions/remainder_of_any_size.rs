use functional_model::prelude::*;

functional_model! {
    model Net(text: [words, 8]) {
        let x = Reshape([4, -1])(text);
        Dense(2)(x)
    }
}

fn main() {}
