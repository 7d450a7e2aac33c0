use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        Conv2D(4, 3, strides = 2, dilation_rate = 2)(img)
    }
}

fn main() {}
