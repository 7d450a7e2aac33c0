use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        ops::norm(x, ord = 1, axis = [1, 2])
    }
}

fn main() {}
