use functional_model::prelude::*;

const SIZE: usize = 24;

functional_model! {
    model Net(x: [SIZE]) -> [5, 5] {
        Reshape([5, 5])(x)
    }
}

fn main() {}
