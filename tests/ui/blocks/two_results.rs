use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = halves(x);
        Dense(1)(y)
    }

    fn halves(x) {
        (Dense(4)(x), Dense(4)(x))
    }
}

fn main() {}
