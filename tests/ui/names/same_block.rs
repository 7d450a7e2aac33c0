use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        f(x)
    }

    fn f(x) {
        Dense(1)(x)
    }

    fn f(x) {
        Dense(2)(x)
    }
}

fn main() {}
