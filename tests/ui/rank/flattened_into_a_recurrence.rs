use functional_model::prelude::*;

functional_model! {
    model Net(img: [8, 8, 3]) {
        let x = Flatten()(img);
        LSTM(4)(x)
    }
}

fn main() {}
