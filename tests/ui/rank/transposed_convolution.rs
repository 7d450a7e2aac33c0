use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        Conv2DTranspose(4, 3)(x)
    }
}

fn main() {}
