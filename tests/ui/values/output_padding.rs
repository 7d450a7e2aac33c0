use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        Conv2DTranspose(8, 3, strides = 2, output_padding = 2)(img)
    }
}

fn main() {}
