use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let deep = false;
        if deep {
            Dense(2)(x)
        }
    }
}

fn main() {}
