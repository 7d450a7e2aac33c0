use functional_model::prelude::*;

const DEPTH: usize = 3;

functional_model! {
    model Net(x: [8]) -> [8] {
        let mut x = x;
        for _ in 0..DEPTH {
            x = Dense(8)(x);
        }
        x
    }
}

fn main() {}
