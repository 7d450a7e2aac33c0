use functional_model::prelude::*;

const SIZE: usize = 3;

functional_model! {
    model Net(x: [SIZE - 3, 2]) -> [2] {
        GlobalMaxPooling1D()(x)
    }
}

fn main() {}
