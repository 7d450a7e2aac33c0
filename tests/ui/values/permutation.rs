use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Permute([2, 2])(x)
    }
}

fn main() {}
