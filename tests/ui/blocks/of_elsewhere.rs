use functional_model::prelude::*;
use nets::smaller;

mod nets {
    functional_model::functional_model! {
        pub fn smaller(x, window) {
            Conv2D(8, window)(x)
        }
    }
}

functional_model! {
    model Net(img: [9, 9, 3]) {
        let x = smaller(img, 5);
        smaller(x, 7)
    }
}

fn main() {}
