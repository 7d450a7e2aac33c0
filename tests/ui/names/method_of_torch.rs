use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let x = Linear(8, 4)(x);
        ReLU()(x)
    }
}

fn main() {}
