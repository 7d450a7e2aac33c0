use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let pool = MaxPooling2D(2);
        twice(img, pool, 3)
    }

    fn twice(x, layer, count) {
        let mut x = x;
        for _ in 0..count {
            x = Conv2D(3, 3)(layer(x));
        }
        x
    }
}

fn main() {}
