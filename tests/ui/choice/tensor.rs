use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let y = Dense(1)(x);
        if y {
            Dense(2)(x)
        } else {
            Dense(3)(x)
        }
    }
}

fn main() {}
