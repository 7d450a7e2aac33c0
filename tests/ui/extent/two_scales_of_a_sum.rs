use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        let half = MaxPooling2D(2)(img);
        img + half
    }
}

fn main() {}
