use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Embedding(100, 4)(x)
    }
}

fn main() {}
