use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        Cropping2D(2)(img)
    }
}

fn main() {}
