use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::squeeze(x, axis = 1)
    }
}

fn main() {}
