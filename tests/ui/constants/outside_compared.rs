use functional_model::prelude::*;

const WIDTH: usize = 64;

functional_model! {
    model Net(x: [8]) -> [8] {
        let x = if WIDTH > 32 { Dropout(0.5)(x) } else { x };
        Dense(8)(x)
    }
}

fn main() {}
