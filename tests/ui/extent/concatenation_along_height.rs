use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        let wide = Conv2D(4, 3, padding = "same")(img);
        Concatenate(axis = 1)([img, wide])
    }
}

fn main() {}
