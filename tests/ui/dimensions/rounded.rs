use functional_model::prelude::*;

functional_model! {
    model Net(image: [height, 32, 3]) {
        let x = MaxPooling2D(2)(image);
        UpSampling2D(2)(x) + image
    }
}

fn main() {}
