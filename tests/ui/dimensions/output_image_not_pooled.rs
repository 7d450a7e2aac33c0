use functional_model::prelude::*;

functional_model! {
    model Net(img: [height, width, 3]) -> [4] {
        Conv2D(4, 3)(img)
    }
}

fn main() {}
