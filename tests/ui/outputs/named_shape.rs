use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) -> (score: [1], class: [3]) {
        let score = Dense(1)(x);
        let class = Dense(4)(x);
        (score, class)
    }
}

fn main() {}
