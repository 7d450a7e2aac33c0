use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        let units = 4;
        Dense(units.shape[0])(x)
    }
}

fn main() {}
