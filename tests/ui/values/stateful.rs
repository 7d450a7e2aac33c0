use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        GRU(4, stateful = 1)(x)
    }
}

fn main() {}
