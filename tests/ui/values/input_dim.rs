use functional_model::prelude::*;

functional_model! {
    model Net(x: i32[8]) {
        Embedding(0, 4)(x)
    }
}

fn main() {}
