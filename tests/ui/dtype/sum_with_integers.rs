use functional_model::prelude::*;

functional_model! {
    model Net(a: [4], b: i32[4]) {
        Add()([a, b])
    }
}

fn main() {}
