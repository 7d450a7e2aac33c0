use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], mask: bool[5]) {
        MultiHeadAttention(2, 4)(x, x, value_mask = mask)
    }
}

fn main() {}
