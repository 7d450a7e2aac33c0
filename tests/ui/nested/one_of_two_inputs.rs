use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Pair()(x)
    }

    model Pair(a: [8], b: [8]) -> [8] {
        a + b
    }
}

fn main() {}
