use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        for _ in 3..0 {
            x = Dense(8)(x);
        }
        x
    }
}

fn main() {}
