use functional_model::prelude::*;

functional_model! {
    model Net(x: [5, 3]) {
        Bidirectional(Dense(8))(x)
    }
}

fn main() {}
