use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3], places: i32[2]) {
        ops::take(x, places, axis = 1)
    }
}

fn main() {}
