use functional_model::prelude::*;

functional_model! {
    model Net(text: [10, 8]) {
        let x = GRU(64)(text);
        let x = Dense(32)(x);
        Conv1D(16, 3)(x)
    }
}

fn main() {}
