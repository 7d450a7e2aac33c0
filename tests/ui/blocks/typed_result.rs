use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        f(x)
    }

    fn f(x) -> [4] {
        Dense(4)(x)
    }
}

fn main() {}
