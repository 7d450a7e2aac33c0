use functional_model::prelude::*;

functional_model! {
    model Net(x: [n, 8]) {
        let y = MaxPooling1D(2)(MaxPooling1D(2)(x));
        UpSampling1D(4)(y) + x
    }
}

fn main() {}
