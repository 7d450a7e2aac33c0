use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        GlobalMaxPooling1D()(img)
    }
}

fn main() {}
