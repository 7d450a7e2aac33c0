use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        Activation("threshold")(x)
    }
}

fn main() {}
