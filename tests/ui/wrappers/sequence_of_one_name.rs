use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        TimeDistributed(Sequential([Dense(8), Dense(4)]), name = "both")(x)
    }
}

fn main() {}
