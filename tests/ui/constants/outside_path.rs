use functional_model::prelude::*;

mod sizes {
    pub const CLASSES: usize = 12;
}

functional_model! {
    model Net(x: [8]) -> [10] {
        Dense(sizes::CLASSES)(x)
    }
}

fn main() {}
