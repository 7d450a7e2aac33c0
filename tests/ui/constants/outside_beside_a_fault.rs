use functional_model::prelude::*;

const O: usize = 64;

functional_model! {
    model Net(x: [O]) -> [2] {
        let x = Dense(O / 2 + 1)(x);
        let y = Dense(O - 2)(x);
        Dense(2)(y) + missing
    }
}

fn main() {}
