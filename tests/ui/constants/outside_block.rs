use functional_model::prelude::*;

const WIDTH: usize = 6;

functional_model! {
    model Net(x: [8]) -> [2] {
        let x = skip(Dense(4)(x), 2 * WIDTH);
        Dense(2)(x)
    }

    fn skip(x, units) {
        x + Dense(units)(x)
    }
}

fn main() {}
