use functional_model::prelude::*;

functional_model! {
    model Two(a: [4], b: [4]) {
        let left = Dense(3)(a);
        let sum = left + Dense(3)(b);
        Dense(1)(sum)
    }

    model Last = Two { a -> sum };
}

fn main() {}
