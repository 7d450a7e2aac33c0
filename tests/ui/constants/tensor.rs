use functional_model::prelude::*;

functional_model! {
    const LAYER: usize = Dense(4);

    model Net(x: [8]) {
        LAYER(x)
    }
}

fn main() {}
