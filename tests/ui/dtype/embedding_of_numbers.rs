use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(4)(x);
        Embedding(100, 4)(y)
    }
}

fn main() {}
