use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let deep = false;
        let y = if deep { Dense(2)(x) };
        y
    }
}

fn main() {}
