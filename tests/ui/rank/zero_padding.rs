use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        ZeroPadding2D()(x)
    }
}

fn main() {}
