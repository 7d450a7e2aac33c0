use functional_model::prelude::*;

functional_model! {
    model Net(img: [32, 32, 3]) {
        let a = Conv2D(16, 3)(img);
        let b = Conv2D(16, 3)(img);
        let c = Conv2D(16, 5)(img);
        Average()([a, b, c])
    }
}

fn main() {}
