use functional_model::prelude::*;

functional_model! {
    model Net(img: [4, 9, 3]) {
        ZeroPadding2D((1, 2, 3))(img)
    }
}

fn main() {}
