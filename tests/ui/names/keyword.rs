use functional_model::prelude::*;

functional_model! {
    model r#type(x: [8]) {
        Dense(1)(x)
    }
}

fn main() {}
