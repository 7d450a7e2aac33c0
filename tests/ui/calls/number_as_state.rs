use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        GRU(4)(x, initial_state = 0)
    }
}

fn main() {}
