use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let layers = [Dense(4), Dense(8)];
        layers[0](x)
    }
}

fn main() {}
