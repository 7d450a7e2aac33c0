use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let x = Dense(4, name = "stem")(x);
        Dense(1, name = "stem")(x)
    }
}

fn main() {}
