use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8]) {
        Attention()([x])
    }
}

fn main() {}
