use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3], v: [3]) {
        ops::einsum("bij,bj->bi", v, v)
    }
}

fn main() {}
