use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::transpose(x, [0, 1])
    }
}

fn main() {}
