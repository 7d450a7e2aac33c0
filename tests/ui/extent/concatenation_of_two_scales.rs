use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let half = MaxPooling2D(2)(img);
        Concatenate()([img, half])
    }
}

fn main() {}
