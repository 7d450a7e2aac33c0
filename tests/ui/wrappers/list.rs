use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        TimeDistributed(Concatenate())(x)
    }
}

fn main() {}
