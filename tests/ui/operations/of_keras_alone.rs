use functional_model::prelude::*;

functional_model! {
    model Net(a: [4], b: [4]) {
        ops::dot(a, b)
    }
}

fn main() {}
