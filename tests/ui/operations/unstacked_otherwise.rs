use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::unstack(x, num = 3, axis = 1)
    }
}

fn main() {}
