use functional_model::prelude::*;

const KERNEL: usize = 3;

functional_model! {
    model Net(image: [8, 8, 3]) -> [6, 6, 4] {
        Conv2D(4, KERNEL)(image)
    }
}

fn main() {}
