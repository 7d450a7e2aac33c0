use functional_model::prelude::*;

functional_model! {
    model Net(x: i32[8]) {
        Embedding(100, 4, mask_zero = true)(x)
    }
}

fn main() {}
