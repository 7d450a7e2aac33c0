use functional_model::prelude::*;

functional_model! {
    model Net(q: [10, 16], k: [words, 16]) {
        q * k
    }
}

fn main() {}
