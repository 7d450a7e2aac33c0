use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        head(x, 4)
    }

    fn head(x, units = 4, rate) {
        Dropout(rate)(Dense(units)(x))
    }
}

fn main() {}
