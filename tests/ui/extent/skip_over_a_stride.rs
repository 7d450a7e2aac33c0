use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let y = Conv2D(3, 3, strides = 2, padding = "same")(img);
        y + img
    }
}

fn main() {}
