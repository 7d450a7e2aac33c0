use functional_model::prelude::*;

functional_model! {
    model Net(img: [28, 28]) {
        Conv2D(16, 3)(img)
    }
}

fn main() {}
