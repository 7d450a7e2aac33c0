use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let x = Conv2D(8, 3, strides = 4)(img);
        let x = Conv2D(8, 3, strides = 4)(x);
        Flatten()(x)
    }
}

fn main() {}
