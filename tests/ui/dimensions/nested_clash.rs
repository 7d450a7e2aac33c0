use functional_model::prelude::*;

functional_model! {
    model Net(x: [frames, 8], y: [20, 8]) {
        Pairs()([x, y])
    }

    model Pairs(left: [words, 8], right: [words, 8]) -> [words, 8] {
        Dense(8)(left + right)
    }
}

fn main() {}
