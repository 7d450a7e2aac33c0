use functional_model::prelude::*;

functional_model! {
    const A: usize = B + 1;
    const B: usize = A + 1;

    model Net(x: [8]) {
        Dense(A)(x)
    }
}

fn main() {}
