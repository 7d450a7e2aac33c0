use functional_model::prelude::*;

const SIDE: usize = 29;

functional_model! {
    model Net(image: [SIDE, SIDE, 3]) -> [SIDE, SIDE, 8] {
        Conv2D(8, 3, strides = 2, padding = "same")(image)
    }
}

fn main() {}
