use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3], text: [8, 4]) {
        img + text
    }
}

fn main() {}
