use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let (a, b, c) = halves(x);
        Dense(1)(a + b + c)
    }

    fn halves(x) {
        (Dense(4)(x), Dense(4)(x))
    }
}

fn main() {}
