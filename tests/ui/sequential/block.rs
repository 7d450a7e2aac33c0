use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        Sequential([Dense(8), widened])(x)
    }

    fn widened(x) {
        Dense(16)(x)
    }
}

fn main() {}
