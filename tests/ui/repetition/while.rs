use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let mut x = x;
        while true {
            x = Dense(8)(x);
        }
        x
    }
}

fn main() {}
