use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        RepeatVector(4)(x)
    }
}

fn main() {}
