use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomRotation(0.1, fill_mode = "mirror")(img)
    }
}

fn main() {}
