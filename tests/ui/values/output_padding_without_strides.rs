use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        Conv2DTranspose(8, 3, output_padding = 1)(img)
    }
}

fn main() {}
