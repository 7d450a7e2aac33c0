use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 1]) {
        RandomErasing(0.5, fill_value = [0.0, 127.0, 255.0])(img)
    }
}

fn main() {}
