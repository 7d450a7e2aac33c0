use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let gate = GlobalAveragePooling2D(keepdims = true)(Conv2D(8, 3)(img));
        img * gate
    }
}

fn main() {}
