use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let deep = 1;
        let y = if deep { Dense(2)(x) } else { Dense(3)(x) };
        y
    }
}

fn main() {}
