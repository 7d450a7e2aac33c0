use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let class = Dense(3)(x);
        let def = Dense(2)(x);
        class + def
    }
}

fn main() {}
