use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::tile(x, [2, 1, 1])
    }
}

fn main() {}
