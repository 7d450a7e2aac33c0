use functional_model::prelude::*;

functional_model! {
    model Both(a: [3]) -> (one: [3], two: [3]) {
        (a + 1, a + 2)
    }

    model Net(x: [5, 3]) {
        TimeDistributed(Both())(x)
    }
}

fn main() {}
