use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        SeparableConv2D(8, 3, depth_multiplier = 0)(img)
    }
}

fn main() {}
