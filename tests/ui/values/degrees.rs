use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomRotation(30)(img)
    }
}

fn main() {}
