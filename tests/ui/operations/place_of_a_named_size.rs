use functional_model::prelude::*;

functional_model! {
    model Net(x: [n, 3]) {
        x[.., 3]
    }
}

fn main() {}
