use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let x = Flatten()(img);
        Conv2D(4, 3)(x)
    }
}

fn main() {}
