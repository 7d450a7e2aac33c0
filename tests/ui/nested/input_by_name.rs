use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Pair()(left = x, write = x)
    }

    model Pair(left: [8], right: [8]) {
        left + right
    }
}

fn main() {}
