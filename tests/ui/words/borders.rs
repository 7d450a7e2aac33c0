use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        let x = Conv2D(4, 3, padding = 0)(img);
        let x = Conv2D(4, 3, strides = 2, padding = 1)(x);
        Dense(4, activity_regularizer = L2)(x)
    }
}

fn main() {}
