use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        BatchNorm()(img)
    }
}

fn main() {}
