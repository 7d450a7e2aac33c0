use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        wide(x, 4, 0.5, 1)
    }

    fn wide(x, units, rate = 0.1) {
        Dropout(rate)(Dense(units)(x))
    }
}

fn main() {}
