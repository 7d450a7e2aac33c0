use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        x[]
    }
}

fn main() {}
