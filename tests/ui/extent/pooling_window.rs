use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        MaxPooling2D(3)(MaxPooling2D(4)(img))
    }
}

fn main() {}
