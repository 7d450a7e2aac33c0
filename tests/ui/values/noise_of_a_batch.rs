use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        AlphaDropout(0.5, noise_shape = [32, 1, 1, 3])(img)
    }
}

fn main() {}
