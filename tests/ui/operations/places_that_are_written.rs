use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::take_along_axis(x, [0, 2], axis = 1)
    }
}

fn main() {}
