use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        UpSampling1D(2)(x)
    }
}

fn main() {}
