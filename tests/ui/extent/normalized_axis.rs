use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        LayerNormalization(axis = 0)(x)
    }
}

fn main() {}
