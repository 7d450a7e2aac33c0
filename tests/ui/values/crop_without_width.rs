use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomCrop(24)(img)
    }
}

fn main() {}
