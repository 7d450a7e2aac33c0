use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::full_like(x, x)
    }
}

fn main() {}
