use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 3]) {
        SimpleRNN(4, dropout = 0.5)(x)
    }
}

fn main() {}
