use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::repeat(x, 2, axis = [1, 2])
    }
}

fn main() {}
