use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        EinsumDense("ab,bc->ac")(x)
    }
}

fn main() {}
