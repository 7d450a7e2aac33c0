use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        DepthwiseConv2D(3)(x)
    }
}

fn main() {}
