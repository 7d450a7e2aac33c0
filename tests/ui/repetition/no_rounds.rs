use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for _ in 0..DEPTH {
            x = Dense(8)(x);
        }
        x
    }

    const DEPTH: usize = 0;
}

fn main() {}
