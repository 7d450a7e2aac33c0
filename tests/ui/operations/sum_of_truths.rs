use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) {
        let is_large = x > 0;
        let is_small = x < 1;
        is_large + is_small
    }
}

fn main() {}
