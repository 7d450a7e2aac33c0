use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3], meta: [8]) {
        let f = Conv2D(16, 3)(img);
        Concatenate()([f, meta])
    }
}

fn main() {}
