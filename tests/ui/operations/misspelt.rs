use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::meen(x, axis = 1)
    }
}

fn main() {}
