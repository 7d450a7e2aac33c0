use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        img * Dense(3)(GlobalAveragePooling2D()(img))
    }
}

fn main() {}
