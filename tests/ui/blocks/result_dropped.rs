use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = both(x);
        Dense(2)(y)
    }

    fn both(x) {
        (Dense(2)(x), Dense(3)(x))
    }
}

fn main() {}
