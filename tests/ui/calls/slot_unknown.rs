use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3], h: [4]) {
        GRU(4)(x, start = h)
    }
}

fn main() {}
