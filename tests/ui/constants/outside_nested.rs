use functional_model::prelude::*;

mod nets {
    const FEATURES: usize = 16;

    functional_model::functional_model! {
        pub model Head(x: [FEATURES]) -> [2] {
            Dense(2)(x)
        }
    }
}

use nets::Head;

functional_model! {
    model Net(x: [8]) -> [2] {
        Head()(Dense(12)(x))
    }
}

fn main() {}
