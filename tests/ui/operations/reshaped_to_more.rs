use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::reshape(x, [-1, 5, 3])
    }
}

fn main() {}
