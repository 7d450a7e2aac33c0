use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 3]) {
        LayerNormalization(axis = [1, 2, -1])(x)
    }
}

fn main() {}
