use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3]) {
        let mean = ops::mean; mean(x)
    }
}

fn main() {}
