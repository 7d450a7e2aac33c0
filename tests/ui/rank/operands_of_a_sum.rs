use functional_model::prelude::*;

functional_model! {
    model Net(x: [8], img: [9, 9, 3]) {
        x + img
    }
}

fn main() {}
