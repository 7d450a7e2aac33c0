use functional_model::prelude::*;

functional_model! {
    model Net(img: [9, 9, 3]) {
        TimeDistributed(Conv2D(8, 3))(img)
    }
}

fn main() {}
