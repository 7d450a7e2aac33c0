use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        let dense = Dense(4)[0];
        dense(x)
    }
}

fn main() {}
