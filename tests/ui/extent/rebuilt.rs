use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let shared = Dense(4);
        let a = shared(x);
        shared(a)
    }
}

fn main() {}
