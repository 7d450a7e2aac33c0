use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        for i in 0..3 {
        let x = Dense(4)(x);
        }
        x
    }
}

fn main() {}
