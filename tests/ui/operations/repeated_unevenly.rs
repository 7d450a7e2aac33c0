use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::repeat(x, [1, 2], axis = 1)
    }
}

fn main() {}
