use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        SeparableConv2D(8, 5)(MaxPooling2D(4)(img))
    }
}

fn main() {}
