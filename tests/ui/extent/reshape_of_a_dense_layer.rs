use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let x = Dense(30)(x);
        Reshape([4, 8])(x)
    }
}

fn main() {}
