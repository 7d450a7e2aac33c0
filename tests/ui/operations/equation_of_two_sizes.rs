use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3], v: [4]) {
        ops::einsum("bij,bj->bi", x, v)
    }
}

fn main() {}
