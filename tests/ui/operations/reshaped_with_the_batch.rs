use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::reshape(x, [12, -1])
    }
}

fn main() {}
