use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3], mask: [9, 9]) {
        img * mask
    }
}

fn main() {}
