use functional_model::prelude::*;

functional_model! {
    model Net(a: [4, 4, 1], b: [4, 4, 1]) {
        MaxPooling2D(2)(a, b)
    }
}

fn main() {}
