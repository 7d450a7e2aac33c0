use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) -> [8, 9, 3] {
        Resizing(8, 9, crop_to_aspect_ratio = true, pad_to_aspect_ratio = true)(img)
    }
}

fn main() {}
