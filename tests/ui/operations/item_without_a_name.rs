use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4]) {
        let first = ops::get_item(x[.., 0], trainable = false);
        ops::get_item(first, name = "first")
    }
}

fn main() {}
