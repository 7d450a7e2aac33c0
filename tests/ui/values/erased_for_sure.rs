use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomErasing(1.5)(img)
    }
}

fn main() {}
