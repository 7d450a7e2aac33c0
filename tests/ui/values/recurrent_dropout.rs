use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        SimpleRNN(4, recurrent_dropout = 1.5)(x)
    }
}

fn main() {}
