use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::where(x, x, 0)
    }
}

fn main() {}
