use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let a = Dense(-1)(x);
        let b = Conv2D(4, 3)(x);
        a + b
    }
}

fn main() {}
