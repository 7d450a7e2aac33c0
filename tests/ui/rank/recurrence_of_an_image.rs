use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        GRU(4)(img)
    }
}

fn main() {}
