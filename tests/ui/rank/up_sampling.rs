use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 8]) {
        UpSampling2D(2)(x)
    }
}

fn main() {}
