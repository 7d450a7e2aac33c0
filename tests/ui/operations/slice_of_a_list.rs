use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        Dense([8, 16][0:1])(x)
    }
}

fn main() {}
