use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let width = 16;
        layer()(x)
    }

    fn layer() {
        Dense(width)
    }
}

fn main() {}
