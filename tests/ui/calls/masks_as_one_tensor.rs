use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], mask: bool[4]) {
        Attention()([x, x], mask = mask)
    }
}

fn main() {}
