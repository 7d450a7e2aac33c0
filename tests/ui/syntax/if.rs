use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = if deep { Dense(4)(x) } else { x };
        Dense(1)(y)
    }
}

fn main() {}
