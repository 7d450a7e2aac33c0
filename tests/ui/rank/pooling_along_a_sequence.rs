use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        MaxPooling1D(2)(img)
    }
}

fn main() {}
