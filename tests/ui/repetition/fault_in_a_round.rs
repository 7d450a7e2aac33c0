use functional_model::prelude::*;

functional_model! {
    model Net(img: [12, 12, 1]) {
        let mut x = img;
        for kernel in [3, 3, 5] {
            x = Conv2D(4, kernel)(x);
            x = MaxPooling2D(2)(x);
        }
        x
    }
}

fn main() {}
