use functional_model::prelude::*;

functional_model! {
    model Net(x: [3]) {
        TimeDistributed(Dense(8))(x)
    }
}

fn main() {}
