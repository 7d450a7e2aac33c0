use functional_model::prelude::*;

functional_model! {
    model Net(x: [20, 4], m: bool[20]) {
        TimeDistributed(BatchNormalization())(x, mask = m)
    }
}

fn main() {}
