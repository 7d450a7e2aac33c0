use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        noise(x = x)
    }

    fn noise() {
        3
    }
}

fn main() {}
