use functional_model::prelude::*;

functional_model! {
    model Net(mask: [height, width]) {
        let x = ReLU()(mask);
        Conv2D(4, 3)(x)
    }
}

fn main() {}
