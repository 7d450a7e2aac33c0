use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let x = shrink(img);
        shrink(shrink(x))
    }

    fn shrink(x) {
        Conv2D(3, 4)(x)
    }
}

fn main() {}
