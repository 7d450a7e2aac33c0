use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 8], mask: [4, 4]) {
        MultiHeadAttention(2, 4)(x, x, attention_mask = mask)
    }
}

fn main() {}
