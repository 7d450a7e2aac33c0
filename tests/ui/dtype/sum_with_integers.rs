use functional_model::prelude::*;

functional_model! {
    model Net(a: [4], b: i32[4]) {
        a + b
    }
}

fn main() {}
