use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        f
    }

    fn f(x) {
        Dense(4)(x)
    }
}

fn main() {}
