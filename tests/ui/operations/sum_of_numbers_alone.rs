use functional_model::prelude::*;

functional_model! {
    model Net(x: []) {
        ops::sum(x)
    }
}

fn main() {}
