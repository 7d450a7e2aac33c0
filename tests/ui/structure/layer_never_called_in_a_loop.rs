use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut y = x;
        for units in [4, 8] {
            let dense = Dense(units);
            y = Dropout(0.5)(y);
        }
        y
    }
}

fn main() {}
