use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(if true { 1 } else { 2 })(x)
    }
}

fn main() {}
