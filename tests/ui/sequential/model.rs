use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 1]) -> [10] = Sequential([
        Conv2D(8, 3, activation = "relu"),
        Dense(10),
    ]);
}

fn main() {}
