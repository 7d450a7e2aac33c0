use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let a = Conv2D(16, 1)(img);
        Add()([a, img])
    }
}

fn main() {}
