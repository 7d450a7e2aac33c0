use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        ZeroPadding1D(1)(x)
    }
}

fn main() {}
