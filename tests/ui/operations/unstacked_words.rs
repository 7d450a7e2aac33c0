use functional_model::prelude::*;

functional_model! {
    model Net(x: [words, 3]) {
        ops::unstack(x, axis = 1)
    }
}

fn main() {}
