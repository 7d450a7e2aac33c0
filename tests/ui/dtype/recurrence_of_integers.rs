use functional_model::prelude::*;

functional_model! {
    model Net(x: i32[8, 3]) {
        SimpleRNN(4)(x)
    }
}

fn main() {}
