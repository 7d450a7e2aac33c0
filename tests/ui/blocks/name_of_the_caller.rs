use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let width = 16;
        let y = Dense(width)(x);
        wide(y)
    }

    fn wide(input) {
        Dense(width)(input)
    }
}

fn main() {}
