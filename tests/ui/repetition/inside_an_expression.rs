use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(for units in [1, 2] { units })(x);
        y
    }
}

fn main() {}
