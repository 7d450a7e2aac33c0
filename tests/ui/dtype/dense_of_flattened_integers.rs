use functional_model::prelude::*;

functional_model! {
    model Net(x: i32[8, 3]) {
        Dense(4)(Flatten()(x))
    }
}

fn main() {}
