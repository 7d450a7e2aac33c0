use functional_model::prelude::*;

functional_model! {
    model Net(img: [28, 28, 1]) -> [28, 28, 8] {
        Conv2D(8, 3)(img)
    }
}

fn main() {}
