use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for (units, rate) in [(64, 0.5), (128, 0.5, 1)] {
            x = Dropout(rate)(Dense(units)(x));
        }
        x
    }
}

fn main() {}
