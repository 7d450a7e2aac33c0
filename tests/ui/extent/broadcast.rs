use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let weights = GlobalAveragePooling2D(keepdims = true)(img);
        img * weights
    }
}

fn main() {}
