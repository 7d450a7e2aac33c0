use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        model.add(Dense(4))
    }
}

fn main() {}
