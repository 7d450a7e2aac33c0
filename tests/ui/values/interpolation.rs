use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        UpSampling2D(2, interpolation = "trilinear")(img)
    }
}

fn main() {}
