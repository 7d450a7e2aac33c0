use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = if "relu" < 3 { Dense(2)(x) } else { Dense(3)(x) };
        y
    }
}

fn main() {}
