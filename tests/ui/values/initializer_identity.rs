use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Dense(4, bias_initializer = Identity())(x)
    }
}

fn main() {}
