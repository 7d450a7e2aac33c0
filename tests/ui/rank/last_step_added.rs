use functional_model::prelude::*;

functional_model! {
    model Net(text: [10, 8]) {
        let x = SimpleRNN(8)(text);
        x + text
    }
}

fn main() {}
