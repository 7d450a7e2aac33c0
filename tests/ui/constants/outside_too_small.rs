use functional_model::prelude::*;

const SIZE: usize = 6;

functional_model! {
    model Net(image: [SIZE, SIZE, 3]) -> [2] {
        let x = Conv2D(8, 5)(image);
        let x = MaxPooling2D(3)(x);
        Dense(2)(Flatten()(x))
    }
}

fn main() {}
