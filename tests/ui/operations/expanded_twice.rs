use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::expand_dims(x, [1, 1])
    }
}

fn main() {}
