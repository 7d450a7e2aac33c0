use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let mut x = img;
        for _ in 0..4 {
            x = MaxPooling2D(2)(x);
        }
        x
    }
}

fn main() {}
