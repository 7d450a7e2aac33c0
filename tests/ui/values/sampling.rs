use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomZoom(0.1, interpolation = "bicubic")(img)
    }
}

fn main() {}
