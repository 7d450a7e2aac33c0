use functional_model::prelude::*;

const FILTERS: usize = 6;

functional_model! {
    model Net(image: [8, 8, 4]) -> [8, 8, 6] {
        Conv2D(FILTERS, 1, groups = 2)(image)
    }
}

fn main() {}
