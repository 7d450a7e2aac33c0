use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let pair = [x, x];
        pair + x
    }
}

fn main() {}
