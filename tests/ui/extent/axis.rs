use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        Concatenate(axis = 5)([img, img])
    }
}

fn main() {}
