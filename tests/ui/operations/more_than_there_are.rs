use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::top_k(x, 9)
    }
}

fn main() {}
