use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let a = Conv2D(4, 3)(img);
        Concatenate()([img, a])
    }
}

fn main() {}
