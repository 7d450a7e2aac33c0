use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        wide(x)
    }

    fn wide(x, units = width) {
        Dense(units)(x)
    }
}

fn main() {}
