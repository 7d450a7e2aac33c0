use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let inputs = Input(shape = (784,));
        Dense(4)(inputs)
    }
}

fn main() {}
