use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        Permute([2, 3, 1])(x)
    }
}

fn main() {}
