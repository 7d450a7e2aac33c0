use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 4, 3]) {
        TimeDistributed(GRU(8, return_state = true))(x)
    }
}

fn main() {}
