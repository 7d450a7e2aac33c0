use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        twice(x)
    }

    fn twice(x, x) {
        x + x
    }
}

fn main() {}
