use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        applied(x)
    }

    fn applied(x, units = none) {
        Dense(units)(x)
    }
}

fn main() {}
