use functional_model::prelude::*;

functional_model! {
    import torch

    model Net(x: [8]) {
        """What it is for."""
        let y = Dense(4)(x) if true else x;
        y
    }

    x = Dense(4)(x);
}

fn main() {}
