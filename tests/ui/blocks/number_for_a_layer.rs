use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        twice(x, 3)
    }

    fn twice(x, layer) {
        layer(layer(x))
    }
}

fn main() {}
