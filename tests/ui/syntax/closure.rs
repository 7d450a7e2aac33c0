use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let f = |x| Dense(4)(x);
        f(x)
    }
}

fn main() {}
