use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        match 3 {
            3 => Dense(2)(x),
        }
    }
}

fn main() {}
