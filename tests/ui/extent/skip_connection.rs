use functional_model::prelude::*;

functional_model! {
    model Net(x: [9, 9, 64]) {
        let block_1 = x;
        let x = Conv2D(64, 3)(x);
        x + block_1
    }
}

fn main() {}
