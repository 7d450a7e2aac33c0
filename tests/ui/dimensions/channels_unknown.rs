use functional_model::prelude::*;

functional_model! {
    model Net(image: [32, 32, channels]) {
        Conv2D(8, 3)(image)
    }
}

fn main() {}
