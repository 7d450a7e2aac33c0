use functional_model::prelude::*;

functional_model! {
    model Net(a: [4, 3], b: [5, 2]) -> [4, 5] {
        Dot(2)([a, b])
    }
}

fn main() {}
