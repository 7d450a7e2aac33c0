use functional_model::prelude::*;

functional_model! {
    model Net(x: [4, 3], flag: [4, 3]) {
        let hidden = Dense(3)(x);
        ops::where(ops::logical_and(hidden > 0, flag), hidden, ops::where(hidden, x, 0))
    }
}

fn main() {}
