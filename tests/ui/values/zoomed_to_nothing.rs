use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomZoom(-1.0)(img)
    }
}

fn main() {}
