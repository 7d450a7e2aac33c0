use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        f()
    }

    fn f() {
        Dense(4)(x)
    }
}

fn main() {}
