use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        RandomTranslation((-0.5, 1.5), 0.1)(img)
    }
}

fn main() {}
