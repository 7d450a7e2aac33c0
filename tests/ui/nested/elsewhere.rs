use functional_model::prelude::*;

mod nets {
    functional_model::functional_model! {
        pub model Encoder(x: [8]) -> [2] {
            Dense(2)(x)
        }
    }
}

use nets::Encoder;

functional_model! {
    model Net(x: [9]) {
        Encoder()(x)
    }
}

fn main() {}
