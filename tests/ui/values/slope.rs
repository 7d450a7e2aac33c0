use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 3]) {
        LeakyReLU(-0.1)(x)
    }
}

fn main() {}
