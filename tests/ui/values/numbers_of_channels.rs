use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 3]) {
        Rescaling([0.5, 0.25])(x)
    }
}

fn main() {}
