use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::maximum(x)
    }
}

fn main() {}
