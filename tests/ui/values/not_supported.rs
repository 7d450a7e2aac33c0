use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        BatchNormalization(renorm_clipping = [8])(x)
    }
}

fn main() {}
