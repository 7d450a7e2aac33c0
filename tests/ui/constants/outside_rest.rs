use functional_model::prelude::*;

const HEADS: usize = 4;

functional_model! {
    model Net(x: [32]) -> [4, 8] {
        Reshape([HEADS, -1])(x)
    }
}

fn main() {}
