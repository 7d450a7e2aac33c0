use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 4], y: [9, 3]) {
        let best = ops::argmax(x, axis = -1, keepdims = true);
        ops::take_along_axis(y, best, axis = -1)
    }
}

fn main() {}
