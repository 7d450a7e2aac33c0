use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) -> [10] {
        Conv2D(10, 3)(img)
    }
}

fn main() {}
