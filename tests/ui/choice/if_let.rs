use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        if let y = x {
            Dense(2)(x)
        } else {
            Dense(3)(x)
        }
    }
}

fn main() {}
