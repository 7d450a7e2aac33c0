use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::broadcast_to(x, [None, 4, 1])
    }
}

fn main() {}
