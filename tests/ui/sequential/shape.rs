use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 1]) {
        Sequential([Conv2D(8, 3), Flatten(), Conv2D(8, 3)])(img)
    }
}

fn main() {}
