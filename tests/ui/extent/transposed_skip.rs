use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let small = Conv2D(3, 2, strides = 2)(img);
        img + Conv2DTranspose(3, 2, strides = 2)(small)
    }
}

fn main() {}
