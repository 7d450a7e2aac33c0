use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        Conv2D(4, (0, 3))(img)
    }
}

fn main() {}
