use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        DepthwiseConv2D(5)(img)
    }
}

fn main() {}
