use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::transpose(x, [1, 0, 2])
    }
}

fn main() {}
