use functional_model::prelude::*;

functional_model! {
    model Net(x: [8, 4], y: [4]) {
        let a = Normalization(mean = 3.0)(y);
        let b = Normalization(mean = [1, 2], variance = [1, 1])(x);
        Add()([a, b])
    }
}

fn main() {}
