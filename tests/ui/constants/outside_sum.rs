use functional_model::prelude::*;

const HIDDEN: usize = 64;

functional_model! {
    model Net(x: [8]) -> [2] {
        let wide = Dense(2 * HIDDEN)(x);
        let narrow = Dense(100)(x);
        Dense(2)(wide + narrow)
    }
}

fn main() {}
