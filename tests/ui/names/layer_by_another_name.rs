use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        MaxPool2D(2)(img)
    }
}

fn main() {}
