use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 3]) {
        Rescaling()(x)
    }
}

fn main() {}
