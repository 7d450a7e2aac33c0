use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let flat = Flatten;
        flat(x)
    }
}

fn main() {}
