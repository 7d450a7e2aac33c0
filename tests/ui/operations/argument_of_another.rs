use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        ops::elu(x, threshold = 0.5)
    }
}

fn main() {}
