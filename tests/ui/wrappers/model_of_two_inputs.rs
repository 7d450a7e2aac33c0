use functional_model::prelude::*;

functional_model! {
    model Both(a: [3], b: [3]) -> [3] {
        a + b
    }

    model Net(x: [5, 3]) {
        TimeDistributed(Both())(x)
    }
}

fn main() {}
